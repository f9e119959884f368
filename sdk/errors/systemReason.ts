const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EBUSY: 'something else uses it',
  EDQUOT: 'your quota of the disk is used up',
  EFBIG: 'it would be larger than allowed',
  EIO: 'the disk failed',
  EISDIR: 'it is a directory',
  ELOOP: 'its links lead in a circle',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'its name is too long',
  ENOENT: 'it does not exist',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of its path is not a directory',
  EPERM: 'permission denied',
  EROFS: 'the disk is read-only',
}

/** Why the system refused to read or write something, in words; its own code where there are none. */
export function systemReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (!('code' in error) || typeof error.code !== 'string') return error.message
  return reasons[error.code] ?? error.code
}
