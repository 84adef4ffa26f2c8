import Glibc

enum SharedFolder {
  /// Where the variable HAMUD_SHARED says.
  static var environment: String? { getenv("HAMUD_SHARED").map { String(cString: $0) } }
}
