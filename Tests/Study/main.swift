import Foundation

/// Runs requests of the shared model through the code that the daemon runs, and tells what they cost: `make study`.
do {
  let options = try StudyOptions(Array(CommandLine.arguments.dropFirst()))
  let model = try StudyModel(options)
  try Study(options, model).run()
} catch {
  FileHandle.standardError.write(Data("study: \(error)\n".utf8))
  exit(1)
}
