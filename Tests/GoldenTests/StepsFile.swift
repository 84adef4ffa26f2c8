/// `hamu_step*.json`: single steps with their inputs. Other keys (baselines among them) are left alone.
struct StepsFile: Decodable {
  let cases: [Case]

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
