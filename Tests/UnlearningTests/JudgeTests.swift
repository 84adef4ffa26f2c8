import Testing
import Unlearning

/// The rules of algorithm.md, "When is it forgotten", at their edges.
@Suite struct JudgeTests {
  private let big = Roster.Group(keys: ["big"], rows: Array(0..<40), isSmall: false)
  private let small = Roster.Group(keys: ["a", "b"], rows: Array(0..<20), isSmall: true)
  private let started = GroupStart(wasAbove: true, excess: 4, hadNothing: false)
  private let startedWithin = GroupStart(wasAbove: false, excess: 4, hadNothing: false)

  private func judge(_ change: (inout RunTarget) -> Void = { _ in }) -> Judge {
    var target = RunTarget()
    change(&target)
    return Judge(target: target, classes: 10)
  }

  private func figures(auc: Double, excess: Double = 0, surer: Int = 0) -> GroupFigures {
    var figures = GroupFigures(forgetLoss: 1, forgetAccuracy: 0.5)
    figures.membershipAUC = auc
    figures.excess = excess
    figures.surerRows = surer
    return figures
  }

  @Test(arguments: [(0.5501, false, false), (0.55, true, false), (0.45, true, false), (0.4499, false, true)])
  func band_includesItsEdges(auc: Double, holds: Bool, isBelow: Bool) {
    let verdict = judge().verdict(big, figures(auc: auc, excess: 9, surer: 9), started)
    #expect(verdict.holds == holds && verdict.isBelow == isBelow)
  }

  @Test func band_ofAnotherValue_isSymmetric() {
    let wide = judge { $0.membershipAUC = 0.7 }
    #expect(wide.verdict(big, figures(auc: 0.31), started).holds)
    #expect(wide.verdict(big, figures(auc: 0.29), started).isBelow)
  }

  @Test func smallGroup_mustAlsoHaveNoSurerRow_andAQuarterOfF() {
    #expect(judge().verdict(small, figures(auc: 0.5, excess: 1, surer: 0), started).holds)
    #expect(!judge().verdict(small, figures(auc: 0.5, excess: 1.01, surer: 0), started).holds)
    #expect(!judge().verdict(small, figures(auc: 0.5, excess: 1, surer: 1), started).holds)
    // Within the band and not done: the run goes on, and measures often.
    #expect(judge().verdict(small, figures(auc: 0.5, excess: 3, surer: 0), started).isNear)
  }

  @Test func groupThatStartedWithinTheBand_isAskedNeitherForItsLowerEdgeNorForAQuarter() {
    for group in [big, small] {
      #expect(judge().verdict(group, figures(auc: 0.2, excess: 4), startedWithin).holds)
      #expect(!judge().verdict(group, figures(auc: 0.5, excess: 4, surer: 1), startedWithin).holds)
    }
  }

  @Test func nothingToForget_isNotAboveTheBandAndNoSurerRow() {
    for group in [big, small] {
      #expect(judge().start(group, figures(auc: 0.55, excess: 3)).hadNothing)
      #expect(judge().start(group, figures(auc: 0.1, excess: 3)).hadNothing)
      #expect(!judge().start(group, figures(auc: 0.56, excess: 3)).hadNothing)
      #expect(!judge().start(group, figures(auc: 0.5, excess: 3, surer: 1)).hadNothing)
    }
    #expect(judge().start(big, figures(auc: 0.56)).wasAbove && !judge().start(big, figures(auc: 0.55)).wasAbove)
  }

  @Test func nearness_isFiveHundredthsFromTheBand() {
    #expect(judge().verdict(big, figures(auc: 0.599), started).isNear)
    #expect(!judge().verdict(big, figures(auc: 0.601), started).isNear)
    #expect(!judge().verdict(big, figures(auc: 0.5), started).isNear)
  }

  @Test func class_isJudgedOnItsRowsAndItsHeldoutRows() {
    let group = Roster.Group(keys: ["c"], rows: [1, 2], classes: [3], isSmall: false)
    func verdict(_ rows: Double, _ heldout: Double, _ judge: Judge) -> GroupVerdict {
      var figures = GroupFigures(forgetLoss: 1, forgetAccuracy: rows)
      figures.classAccuracy = rows
      figures.classHeldoutAccuracy = heldout
      return judge.verdict(group, figures, started)
    }
    // 1/K by default.
    #expect(verdict(0.1, 0.1, judge()).holds)
    #expect(!verdict(0.11, 0, judge()).holds && !verdict(0, 0.11, judge()).holds)
    #expect(verdict(0.3, 0.2, judge { $0.classAccuracy = 0.3 }).holds)
    #expect(abs(verdict(0.4, 0.5, judge()).distance - 0.4) < 1e-12)
  }

  @Test func ownersBounds_bothHold_andTheBandIsNotAsked() {
    func verdict(_ loss: Double, _ accuracy: Double, _ judge: Judge) -> GroupVerdict {
      var figures = figures(auc: 0.99, excess: 9, surer: 9)
      figures.forgetLoss = loss
      figures.forgetAccuracy = accuracy
      return judge.verdict(small, figures, started)
    }
    let both = judge {
      $0.forgetAccuracy = 0.5
      $0.forgetLoss = 2
    }
    #expect(verdict(2, 0.5, both).holds)
    #expect(!verdict(1.9, 0.5, both).holds && !verdict(2, 0.6, both).holds)
    #expect(verdict(0, 0.5, judge { $0.forgetAccuracy = 0.5 }).holds)
    #expect(verdict(2, 1, judge { $0.forgetLoss = 2 }).holds)
    #expect(abs(verdict(1.5, 0.5, both).distance - 0.5) < 1e-12)
  }
}
