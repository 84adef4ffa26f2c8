/// What a purge gave back, and what it could not take.
package struct PurgeRemains: Sendable, Equatable {
  package let bytes: Int
  /// Files that have another name elsewhere.
  package let linked: Int
  /// It had been purged before, and was there again.
  package let returned: Bool

  package init(bytes: Int, linked: Int, returned: Bool = false) {
    self.bytes = bytes
    self.linked = linked
    self.returned = returned
  }
}
