// One unlearning of a batch.
extension Event {
  /// - Parameter rows: to forget, and those that are kept.
  package static func runBegan(_ run: Run, version: Int, rows: (forget: Int, retain: Int), stepsAtMost: Int) -> Event {
    Event(
      .runBegan,
      "Unlearning begins (\(run.name)): \(NumberText.count(rows.forget, "row")) of"
        + " \(NumberText.count(run.requests.count, "request")) to forget, \(rows.retain) to keep,"
        + " from version \(version), \(NumberText.count(stepsAtMost, "step")) at most",
      run.fields { $0.add(.version, version) })
  }

  package static func runResumed(_ run: Run, step: Int) -> Event {
    Event(
      .runResumed, "Unlearning goes on from saved progress (\(run.name)) after step \(step)",
      run.fields { $0.add(.step, step) })
  }

  package static func progressUnusable(_ run: Run, _ detail: String) -> Event {
    Event(.progressUnusable, "Saved progress not used, the batch starts over (\(run.name)): \(detail)", run.fields())
  }

  /// - Parameter purpose: hamud's own words: what is forgotten or mended, and with which objective.
  package static func phaseBegan(_ run: Run, _ purpose: String, rows: Int, step: Int) -> Event {
    Event(
      .phaseBegan, "Phase begins (\(run.name)) after step \(step): \(purpose), \(NumberText.count(rows, "row"))",
      run.fields { $0.add(.step, step) })
  }

  package static func stepTaken(_ run: Run, step: Int, of most: Int, figures: Figures, hardness: Hardness?) -> Event {
    Event(
      .stepTaken, "Step \(step) of at most \(most) (\(run.name)): \(figures.sentence)",
      run.fields {
        $0.add(.step, step)
        figures.add(to: &$0)
        hardness?.add(to: &$0)
      })
  }

  package static func measured(_ run: Run, step: Int, figures: Figures) -> Event {
    Event(
      .measured, "Measured after step \(step) (\(run.name)): \(figures.sentence)",
      run.fields {
        $0.add(.step, step)
        figures.add(to: &$0)
      })
  }

  /// - Parameters:
  ///   - spent: how much the retain loss has risen since the run began, and how much it may.
  ///   - stops: whether the run is held for it.
  package static func hardnessBegan(
    _ run: Run, step: Int, _ hardness: Hardness, spent: (retainLoss: Double, budget: Double), stops: Bool
  ) -> Event {
    Event(
      .hardnessBegan,
      "Forgetting more must now cost what is kept (\(run.name), step \(step)): \(hardness.sentence);"
        + " retain loss spent so far \(NumberText.figure(spent.retainLoss, digits: 3))"
        + " of \(NumberText.figure(spent.budget, digits: 3)); "
        + (stops
          ? run.requests.count > 1
            ? "the run stops for the requests that are hard by themselves"
            : "the run stops and its request is held"
          : "the run goes on as its policy says"),
      hardnessFields(run, step, hardness, spent: spent.retainLoss))
  }

  package static func hardnessEnded(_ run: Run, step: Int, _ hardness: Hardness, spent: Double) -> Event {
    Event(
      .hardnessEnded,
      "Forgetting more is free again (\(run.name), step \(step)): \(hardness.sentence);"
        + " retain loss spent so far \(NumberText.figure(spent, digits: 3))",
      hardnessFields(run, step, hardness, spent: spent))
  }

  /// - Parameter request: the id of the one that the run goes on without.
  package static func requestSetAside(_ run: Run, request: String, step: Int, _ hardness: Hardness) -> Event {
    var alone = run
    alone.requests = [request]
    return Event(
      .requestSetAside,
      "Request \(request) is set aside (\(run.name), step \(step)), the others go on: by itself, \(hardness.sentence)",
      alone.fields {
        $0.add(.step, step)
        hardness.add(to: &$0)
      })
  }

  private static func hardnessFields(_ run: Run, _ step: Int, _ hardness: Hardness, spent: Double) -> EventFields {
    run.fields {
      $0.add(.step, step)
      hardness.add(to: &$0)
      $0.add(.retainSpent, spent)
    }
  }

  package static func budgetNear(_ run: Run, step: Int, spent: Double, budget: Double) -> Event {
    Event(
      .budgetNear,
      "Retain budget nearly spent (\(run.name), step \(step)): the retain loss rose by"
        + " \(NumberText.figure(spent, digits: 3)) of \(NumberText.figure(budget, digits: 3))",
      run.fields {
        $0.add(.step, step)
        $0.add(.retainSpent, spent)
      })
  }

  package static func overshot(_ run: Run, attempt: Int, of most: Int) -> Event {
    Event(
      .overshot,
      "Target band jumped over (\(run.name)): back to the last measured point with half the radius, try \(attempt) of \(most)",
      run.fields())
  }

  package static func notFinite(_ run: Run, attempt: Int, of most: Int) -> Event {
    Event(
      .notFinite,
      "A loss or gradient was not finite (\(run.name)): back to the last measured point with half the radius,"
        + " try \(attempt) of \(most)",
      run.fields())
  }

  package static func progressSaved(_ run: Run, step: Int) -> Event {
    Event(.progressSaved, "Progress saved (\(run.name)) after step \(step)", run.fields { $0.add(.step, step) })
  }

  package static func progressNotSaved(_ run: Run, _ detail: String) -> Event {
    Event(
      .progressNotSaved, "Progress not saved, ignored: a restart would repeat some steps (\(run.name)): \(detail)",
      run.fields())
  }

  package static func dataChangedInRun(_ run: Run) -> Event {
    Event(
      .dataChangedInRun,
      "The data changed while a run read them (\(run.name)): it stops; with the same data again it goes on from what was saved"
        + " before, after hamuctl rematch \(run.model) or hamuctl import \(run.model) DIR it starts over",
      run.fields())
  }

  package static func roundingLost(_ run: Run, step: Int) -> Event {
    Event(
      .roundingLost,
      "Rounded to the types of the model's file the target no longer holds (\(run.name), step \(step)): the run goes on",
      run.fields { $0.add(.step, step) })
  }

  package static func runInterrupted(_ run: Run, step: Int) -> Event {
    Event(
      .runInterrupted,
      "Unlearning interrupted (\(run.name)) after step \(step); it goes on from what was saved last, unless"
        + " model or data are replaced before",
      run.fields { $0.add(.step, step) })
  }

  /// - Parameter record: `sha256:...` of the version's hamud.json.
  /// - Parameter isServed: false while a rollback is being replayed.
  package static func versionPublished(
    _ run: Run, version: (number: Int, record: String), isServed: Bool, steps: Int, after: Figures
  ) -> Event {
    Event(
      .versionPublished,
      "Version \(version.number) of \(run.model) \(isServed ? "is current" : "is whole, not served yet") (batch \(run.batch), \(NumberText.count(steps, "step"))): \(after.sentence)",
      run.fields {
        $0.add(.version, version.number)
        $0.add(.step, steps)
        after.add(to: &$0)
        $0.add(.digest, version.record)
      })
  }
}
