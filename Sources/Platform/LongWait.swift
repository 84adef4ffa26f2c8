/// A wait that nobody who plans faults has the time for: there are thousands of them, and what comes after each is what is looked at.
package enum LongWait {
  /// `usual`, or `hurried` in a process whose environment plans faults. Without that, builds with faults wait as all others do.
  package static func of<Wait>(_ usual: Wait, hurried: Wait) -> Wait {
    #if HAMUD_FAULTS
      if Faults.arePlanned { return hurried }
    #endif
    return usual
  }
}
