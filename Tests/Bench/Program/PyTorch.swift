import Platform

/// The peer: PyTorch on the same cores, in a process of its own.
struct PyTorch {
  private static let wanted = ["torch==2.13.0+cpu", "safetensors", "numpy"]

  let python: String
  private let places: Places

  /// `HAMUD_PEER_PYTHON`, or a virtual environment of ours, made where it is missing; nil, said aloud, where it cannot
  /// be had.
  init?(_ places: Places) {
    self.places = places
    do {
      python = try ProcessControl.environment("HAMUD_PEER_PYTHON") ?? Self.ownPython(places)
      _ = try Child.run([python, "-c", "import numpy, safetensors.torch, torch"])
    } catch {
      say("NO PEER: \(error)")
      say("NO PEER: there is no PyTorch to compare with, so every ratio will be null")
      say("NO PEER: set HAMUD_PEER_PYTHON to a Python that has \(Self.wanted.joined(separator: ", "))")
      return nil
    }
  }

  private static func ownPython(_ places: Places) throws -> String {
    let home = Paths.join(places.top, ".build", "peer")
    let python = Paths.join(home, "bin", "python")
    // Written last, so that an environment whose making was broken off is made anew.
    let whole = Paths.join(home, "whole")
    if places.isThere(whole) { return python }
    say("making a virtual environment for PyTorch in \(home)")
    _ = try Child.run(["python3", "-m", "venv", "--clear", home])
    say(try Child.run([python, "-m", "pip", "install", "--quiet"] + wanted))
    try DurableFile.publish(wanted.joined(separator: "\n"), to: whole)
    return python
  }

  /// The paired step of ResNet-20, by the peer that everybody compares with where it is there.
  func paired(_ inputs: Inputs, batch: Int, repeats: Int) throws -> JSON {
    if let torchPeer {
      return try run(torchPeer, "resnet-bench", inputs.resnet, inputs.images, batch: batch, repeats: repeats)
    }
    return try run(
      places.peerScript, "paired", inputs.resnet, inputs.images, batch: batch, repeats: repeats)
  }

  private var torchPeer: String? { places.shared.map { Paths.join($0, "tools", "torch_peer.py") } }

  func evaluate(_ inputs: Inputs, batch: Int, repeats: Int) throws -> JSON {
    try run(places.peerScript, "evaluate", inputs.resnet, inputs.images, batch: batch, repeats: repeats)
  }

  func people(_ inputs: Inputs, batch: Int, repeats: Int) throws -> JSON {
    try run(
      places.peerScript, "mlp", inputs.peopleModel, inputs.peopleRows, batch: batch, repeats: repeats,
      more: torchPeer.map { ["--torch-peer", $0] } ?? [])
  }

  private func run(
    _ script: String, _ what: String, _ model: String, _ rows: String, batch: Int, repeats: Int, more: [String] = []
  ) throws -> JSON {
    try JSON(
      text: try Child.run(
        [
          python, script, what, model, rows, "--batch", String(batch), "--repeats", String(repeats),
        ] + more))
  }
}
