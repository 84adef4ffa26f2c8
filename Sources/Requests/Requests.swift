// # Requests: a manifest's bytes -> a bounded YAML tree -> a request; its states; its receipt
//
// **Owns** the words people exchange with hamud: the keys of a manifest, the states and reasons of a request, the keys
// of a receipt, exit codes, and the JSON of the control socket. Configuration files are read by the same
// `DocumentReader`, so their messages look the same; their keys are Service's.
//
// **In**: bytes, at most `Limits.documentBytes`, from anyone. **Out**: a `Manifest` whose selectors keep their place
// in the file, or a `Refusal` that lists everything that is wrong as `line:column: problem; mend`. Scalars are read
// from their text by the type of their key, never guessed: YAML's own resolution (no, 0017, 1:30) is not used.
//
// **Refuses** anchors, aliases, tags, second documents, keys that stand twice, what is not UTF-8, and everything past
// `Limits`. Models, rows, ids and classes are not known here: Service checks them and words the answer through
// `Refusal.unknownModel` and `Diagnostic.rowPastEnd` and its neighbours.
//
// **Fails** by typed throws of `Refusal` and in no other way: nothing a file holds can stop the process. Time and
// memory are linear in the input, and no input decides how deep the stack goes.
//
// **Privacy**: a message has two renderings, `full` for whoever wrote the file and `redacted` for the journal;
// `DiagnosticText` lets nothing of a file into the second.
//
// **Known weaknesses**: a broken YAML text stops at its first fault, since libyaml does. In JSON with escaped
// surrogate pairs, columns after such a pair count two less. Columns count Unicode scalars, so a combined character
// may count twice.
