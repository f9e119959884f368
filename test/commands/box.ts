import { mkdir, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const modules = fileURLToPath(new URL('../../node_modules', import.meta.url))

const contract = `// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

contract Box {
    uint256 public value;
    error TooHigh(uint256 value);

    function set(uint256 next) external {
        if (next > 10) revert TooHigh(next);
        value = next;
    }
}
`

/** Two tests: one that says little, and one that knows the limit. */
const tests = {
  weak: 'box.set(5); require(box.value() == 5);',
  strong: 'box.set(10); require(box.value() == 10); try box.set(11) { revert(); } catch {}',
} as const

function suite(test: keyof typeof tests): string {
  return `// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

interface Vm {
    function getCode(string calldata artifact) external view returns (bytes memory);
}

interface IBox {
    function set(uint256 next) external;
    function value() external view returns (uint256);
}

contract BoxTest {
    IBox private box;

    function setUp() public {
        Vm vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
        bytes memory code = vm.getCode("contracts/Box.sol:Box");
        address made;
        assembly { made := create(0, add(code, 32), mload(code)) }
        box = IBox(made);
    }

    function testTheBox() public {
        ${tests[test]}
    }
}
`
}

/** A repository of one contract and one test, for the commands that look at contracts. */
export interface Box {
  readonly root: string
  write(path: string, text: string): Promise<void>
  read(path: string): Promise<string>
  /** Puts the one or the other test in place. */
  test(test: keyof typeof tests): Promise<void>
}

export async function makeBox(): Promise<Box> {
  const root = await mkdtemp(join(tmpdir(), 'kedge-box-'))
  await symlink(modules, join(root, 'node_modules'), 'junction')
  const write = async (path: string, text: string) => {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), text)
  }
  await write('contracts/Box.sol', contract)
  await write('scripts/mutation/equivalents.json', '{}')
  await write('docs/mutation.md', 'Before\n\n<!-- figures: npm run mutation -->\n<!-- end of figures -->\n')
  return {
    root,
    write,
    read: path => readFile(join(root, path), 'utf8'),
    test: test => write('test/contracts/Box.t.sol', suite(test)),
  }
}
