/**
 * Handing the bytes of versions and documents to a relay. Nothing that a relay answers is believed: it is compared with
 * what was computed here.
 *
 * @packageDocumentation
 */
export { type MeasuredVersion, measureVersion } from './measureVersion.ts'
export {
  type UploadDocumentKind,
  type UploadedFiles,
  type UploadFile,
  type UploadOptions,
  type UploadProgress,
  uploadDocument,
  uploadFiles,
  uploadVersion,
} from './upload.ts'
