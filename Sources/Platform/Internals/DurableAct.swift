/// What a call does to a disk, as far as builds with faults must know to name it, to do half of it, and to take it back.
enum DurableAct {
  /// By the flags it makes a file or only opens one.
  case open(CInt, FileName, CInt)
  case write(CInt, UnsafeRawBufferPointer)
  /// Length, mode, owner, times or attributes of an open file.
  case change(CInt)
  case sync(CInt)
  case rename(CInt, FileName, CInt, FileName)
  case unlink(CInt, FileName, CInt)
  case makeDirectory(CInt, FileName)
  case makeLink(CInt, FileName)
}
