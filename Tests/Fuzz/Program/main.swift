// The six parsers under libFuzzer. FUZZ_TARGET says which; the arguments are libFuzzer's own, and a file's name tells one input
// again: `FUZZ_TARGET=csv .build-fuzz/release/fuzz FILE`. `Tests/Fuzz/run` runs them all.
import CLibFuzzer
import Glibc

guard Parser.chosen != nil else {
  print("FUZZ_TARGET must be one of", Parser.allCases.map(\.rawValue).joined(separator: ", "))
  exit(64)
}
var count = CommandLine.argc
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
exit(
  LLVMFuzzerRunDriver(&count, &arguments) { data, size in
    Parser.chosen?.take(Array(UnsafeBufferPointer(start: data, count: size)))
    return 0
  })
