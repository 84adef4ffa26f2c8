import Platform

/// Runs something of Platform's; its error becomes one of this room's.
@discardableResult
func system<R>(_ body: () throws(PlatformError) -> R) throws(CheckpointError) -> R {
  do {
    return try body()
  } catch {
    throw .system(error)
  }
}

/// Runs something on a file; its error then says which.
func inFile<R>(_ path: String, _ body: () throws(CheckpointError) -> R) throws(CheckpointError) -> R {
  do {
    return try body()
  } catch {
    switch error {
    case .inFile, .system: throw error
    default: throw .inFile(path, error)
    }
  }
}

/// Reads a file whole, if it has at most `limit` bytes.
func readFile(_ path: String, limit: Int) throws(CheckpointError) -> [UInt8] {
  try system { () throws(PlatformError) in try DataFile.read(path, limit: limit) }
}
