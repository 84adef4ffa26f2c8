/// `hamu_step*.json`: single steps with their inputs. Other keys are left alone.
struct StepsFile: Decodable {
  let cases: [Case]
  let baselines: [BaselineCase]?

  /// Directions of two of the methods that HAMU is compared with.
  struct BaselineCase: Decodable {
    let blocks: [Block]
    let gru: [[Double]]
    let pcgrad: [[Double]]
  }

  struct Case: Decodable {
    let seed: Int?
    let edge: String?
    let variant: String
    let allocation: String
    /// R_i = lr |a_i|, or
    let lr: Double?
    /// R_i = radius.
    let radius: Double?
    /// Q
    let constraint: Double
    let blocks: [Block]
    let expected: Expected
  }

  struct Block: Decodable {
    let retain: [Double]
    let forget: [Double]
  }

  struct Expected: Decodable {
    let update: [[Double]]
    let branch: [String]
    let stoppingMargin: Double?

    enum CodingKeys: String, CodingKey {
      case update, branch
      case stoppingMargin = "stopping_margin"
    }
  }
}
