/// A model's file that is refused, with every word of the answer.
struct BadModel: Sendable {
  let text: String
  let answer: String

  init(_ text: String, _ answer: String) {
    self.text = text
    self.answer = answer
  }

  /// What a model needs, in two lines.
  static let least = "model: net\ndata: {format: safetensors, train: a.st, heldout: /b.st}\n"

  /// Words that are kept for releases to come.
  static let later: [BadModel] = [
    BadModel("adapter: /srv/lora\n" + least, "1:1: adapter is not in this release yet; remove it"),
    BadModel(
      "model: m\ndata: {format: jsonl, train: /a}\n",
      "2:16: data.format: \"jsonl\" is not in this release yet; write cifar10, idx, csv or safetensors"),
  ]

  /// What one method has and another has not.
  static let methods: [BadModel] = [
    BadModel(
      least + "unlearning: {method: ga, radius: {relative: 1e-4}, max_grad_norm: 1}\n",
      """
      3:13: unlearning.learning_rate is missing; add learning_rate: 0.01
      3:26: unlearning.radius means nothing to ga, which moves by learning_rate alone; remove it
      3:52: unlearning.max_grad_norm means nothing to ga, which moves by learning_rate alone; remove it
      """),
    BadModel(
      least + "unlearning: {method: scrub, learning_rate: 1, objective: margin}\n",
      "3:47: scrub has an objective of its own; remove it"),
    BadModel(
      least + "unlearning: {learning_rate: 1}\n",
      "3:14: unlearning.learning_rate is of the other methods; hamu-q has radius: {learning_rate: 1e-4}"),
  ]

  /// The model and its data.
  static let data: [BadModel] = [
    BadModel("", "1:1: there is nothing in it; write the keys it needs, one a line"),
    BadModel(
      "model: \"\"\ndata: {format: csv, train: /a, heldout: /b}\n",
      """
      1:8: model: "" is not a path; write for example /srv/models/case
      2:7: data.label is missing; add label: COLUMN
      """),
    BadModel(
      "model: \"a\\0b\"\ndata: {format: cifar10, train: /a, heldout: /b}\n",
      "1:8: model: \"a\\u{0}b\" is not a path; write for example /srv/models/case"),
    BadModel(
      "model: m\ndata: {format: cifar, train: /a}\n",
      "2:16: data.format: \"cifar\" is not cifar10, idx, csv or safetensors; did you mean cifar10?"),
    BadModel("model: m\ndata: {train: /a}\n", "2:7: data.format is missing; add format: cifar10"),
    BadModel(
      "model: m\ndata: {format: idx, train: /a, heldout: {images: /c, label: /d}}\n",
      """
      2:28: data.train is a single value; write keys with values, such as {images: train-images.gz, \
      labels: train-labels.gz}
      2:41: data.heldout.labels is missing; add labels: heldout-labels.gz
      2:54: unknown key "data.heldout.label"; did you mean labels?
      """),
    BadModel(
      "model: m\ndata: {format: csv, train: /a, heldout: /b, label: y, id: i, ids: /c, features: []}\n",
      """
      2:67: ids come from data.ids and from columns of the table; keep one: remove ids, or id and subject
      2:71: data.features is empty; write a list of columns, such as [age, height], or remove it: \
      then every other column is one
      """),
    BadModel(
      "model: m\ndata: {format: cifar10, train: /a, heldout: /b, normalize: {mean: [1, 2], std: [1]}, label: y}\n",
      """
      2:60: data.normalize has 2 means and 1 deviations; write one of each for every channel or column, such as \
      {mean: [0.5], std: [0.25]}
      2:86: unknown key "data.label"; known here: format, train, heldout, ids, normalize
      """),
    BadModel(
      "model: m\ndata: {format: cifar10, train: /a, heldout: /b, normalize: {mean: [x], std: [0]}}\n",
      """
      2:68: data.normalize.mean: "x" is not a number; write for example 0.5
      2:78: data.normalize.std: "0" is not a number above 0; write for example 0.1
      """),
  ]

  /// Everything that has a default.
  static let sections: [BadModel] = [
    BadModel(
      least + "unlearning: {radius: 2e-4, constraint: {ratio: 1}}\n",
      """
      3:22: unlearning.radius is a single value; write keys with values, such as {relative: 2e-4}
      3:48: unlearning.constraint.ratio: "1" is not a number from 0 to below 1; write for example 0.3
      """),
    BadModel(
      least + "unlearning: {radius: {relative: 1, absolute: 2}, constraint: {}}\n",
      """
      3:22: unlearning.radius says 2 things; write exactly one, such as {relative: 2e-4}
      3:62: unlearning.constraint says 0 things; write exactly one, such as {ratio: 0.3}
      """),
    BadModel(
      least + "unlearning: {radius: {relativ: 1}}\n",
      "3:23: unknown key \"unlearning.radius.relativ\"; did you mean relative?"),
    BadModel(
      least + "unlearning: {batch_size: 0, max_steps: 1e2, seed: 0042, guards: {row: 1}}\n",
      """
      3:26: unlearning.batch_size: "0" is not a whole number from 1 to 100000; write for example 128
      3:40: unlearning.max_steps: "1e2" is not a whole number from 1 to 1000000; write for example 200
      3:51: unlearning.seed: "0042" begins with a zero; write it without
      3:66: unknown key "unlearning.guards.row"; did you mean rows?
      """),
    BadModel(
      least + "target: {membership_auc: 0.5, class_accuracy: 2}\n"
        + "policy: {on_hardness: hold, max_forget_share: 20%, on_return: 1}\n",
      """
      3:26: target.membership_auc: "0.5" is not a number above 0.5 and below 1; write for example 0.55
      3:47: target.class_accuracy: "2" is not a number from 0 to 1; write for example 0.1
      4:23: policy.on_hardness: "hold" is not stop or continue; write for example stop
      4:47: policy.max_forget_share: "20%" is not a number from 0 to 1; write for example 0.2
      4:63: policy.on_return: "1" is not warn or hold; write for example warn
      """),
    BadModel(
      least + "batching: {max_wait: 10}\nretention: {keep: -1, purge_after: 7 days}\n",
      """
      3:22: batching.max_wait: "10" is not a duration: a whole number with ms, s, min, h, d or y; \
      write for example 10min
      4:19: retention.keep: "-1" is not a whole number from 0 to 1000; write for example 2
      4:36: retention.purge_after: "7 days" is not a duration: a whole number with ms, s, min, h, d or y; \
      write for example 7d
      """),
  ]
}
