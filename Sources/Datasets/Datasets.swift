// Datasets: a model's data as rows.
//
// OWNS       The formats (CIFAR-10 binary, IDX also gzipped, CSV, safetensors x/y), their rows and labels, sample ids
//            and subjects, normalisation, the fingerprint by which changed data are noticed, salted digests of rows,
//            finding forgotten rows again in other data, and the split into forget, retain and held-out rows.
// REFUSES    Whatever is not exactly the format: a size that does not fit the header, a label outside the classes, a
//            ragged or unquoted line, a number that is none or not finite, an id twice. Data are never mapped and never
//            written.
// FAILS      With `DatasetError`: which file, which line or row, which column, what was expected, how to mend it. Never
//            with a cell's content, an id or a subject. A file that shrinks or changes while it is open gives an error
//            at the next read.
// READING    Files belong to others. They are opened once, read with pread, and stay open while the `Dataset` lives: a
//            file replaced by rename is noticed by its fingerprint, and until then the rows are those that were opened.
// WEAK       A file rewritten in place with the same size is noticed at the next comparison of fingerprints, not at the
//            read. A gzipped file is held inflated in memory. A safetensors or IDX row larger than 64 MiB is refused.

/// The bounds of everything that this room reads. Each is refused one past its value, with both numbers.
package enum DatasetLimits {
  /// Bytes of one CSV record, its line ending not counted.
  package static let lineBytes = 1 << 20
  /// Columns of a CSV.
  package static let columns = 16_384
  /// Files of one split.
  package static let files = 4_096
  /// Numbers of one sample.
  package static let sampleElements = 16 << 20
  /// Rows of one split: row numbers travel as 32-bit integers in places.
  package static let rows = 1 << 30
  /// Classes: 1 + the largest label.
  package static let classes = 65_536
  /// Bytes that one gzipped file may have once inflated.
  package static let inflatedBytes = 2 << 30
}
