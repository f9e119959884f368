export { type KeySource, loadAccount } from './account.ts'
