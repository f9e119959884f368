/**
 * The bytes of models: SHA-256 and IPFS CIDs of files and trees, and the verification of blocks.
 * What each byte means is written down in docs/formats.md.
 *
 * @module
 */
export type { BlockSource } from './blockSource.ts'
export {
  type Cid,
  type CidParts,
  type Codec,
  cidFromBytes,
  cidOfRawDigest,
  cidToBytes,
  digestOfRawCid,
  formatCid,
  parseCid,
} from './cid.ts'
export { cidOfBytes } from './cidOfBytes.ts'
export { type CidOfFileOptions, cidOfFile } from './cidOfFile.ts'
export { decodeDagPb, encodeDagPb, type PbLink, type PbNode } from './dagPb.ts'
export { createDigester, type Digester, type DigesterOptions, type FileDigest } from './digester.ts'
export { type DigestFileOptions, digestFile } from './digestFile.ts'
export {
  compareBytes,
  type DirectoryEntry,
  type DirectoryRoot,
  encodeDirectory,
  type VisitDirectoryBlock,
} from './directoryDag.ts'
export {
  createFileDag,
  type FileBlock,
  type FileDag,
  type FileRoot,
  fileDagSize,
  type LeafBlock,
  type NodeBlock,
  type VisitFileBlock,
} from './fileDag.ts'
export { type HashFileResult, hashFile } from './hashFile.ts'
export type { FileSource, ReadFileOptions, ReadProgress } from './openFile.ts'
export { maxBlockSize, unixfsProfile } from './profile.ts'
export { type ReadDirectoryOptions, readDirectory } from './readDirectory.ts'
export { type FilePiece, type ReadFileDagOptions, readFileDag } from './readFileDag.ts'
export { sha256 } from './sha256.ts'
export { type EncodeTreeParameters, type EncodeTreeResult, encodeTree, type TreeFile } from './tree.ts'
export {
  decodeUnixfs,
  encodeUnixfs,
  type UnixfsDirectory,
  type UnixfsFile,
  type UnixfsMessage,
  type UnixfsShard,
} from './unixfs.ts'
export { verifyBlock } from './verifyBlock.ts'
