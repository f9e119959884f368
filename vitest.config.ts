import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { conditions: ['@kedge/source'] },
  ssr: { resolve: { conditions: ['@kedge/source'] } },
  test: {
    include: ['test/**/*.test.ts', 'sdk/**/*.test.ts', 'services/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})
