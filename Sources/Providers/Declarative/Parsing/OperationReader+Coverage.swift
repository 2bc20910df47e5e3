import Schema
import YAML

/// Dependencies between steps: by reference, and by covering parts of the request.
extension OperationReader {
  /// Reports a step that covers a part of the request which contains the step itself or a value computed from it. A
  /// shared step that this operation does not use may cover a part that this operation does not have.
  mutating func checkCoverages(_ request: RequestDescription?, of needed: [Int]) {
    let covered = Dictionary(grouping: coverages, by: \.step)
    let ownPath = path
    defer { path = ownPath }
    for step in needed {
      for part in covered[step] ?? [] {
        path = part.path
        guard let request else {
          error(part.mark, "the step '\(shortened(steps[step].name))' covers the request, but 'prepare' has no request")
          continue
        }
        check(part, request)
        let held = request.references(of: part.coverage).references.compactMap { reference -> Int? in
          if case .step(let step) = reference { step } else { nil }
        }
        guard let back = held.first(where: { leads($0, to: step, request) }) else { continue }
        error(
          part.mark,
          "the step '\(shortened(steps[step].name))' covers a part of the request that contains "
            + (back == step ? "the step itself" : "'\(shortened(steps[back].name))', which is computed from it")
            + "; " + remedy(part.coverage, back)
        )
      }
    }
  }

  private func remedy(_ coverage: Coverage, _ step: Int) -> String {
    if case .members = coverage { return "exclude that parameter with 'leaveOut: […]'" }
    return "a signature cannot be part of the data that it signs"
  }

  /// The steps that a step uses, by reference or by coverage.
  private func uses(of step: Int, _ request: RequestDescription?) -> [Int] {
    let covered = coverages.filter { $0.step == step }
      .flatMap { request?.references(of: $0.coverage).references ?? [] }
    return (stepReferences[step] + covered).compactMap { reference in
      if case .step(let step) = reference { step } else { nil }
    }
  }

  private func leads(_ start: Int, to target: Int, _ request: RequestDescription?) -> Bool {
    var seen: Set<Int> = []
    var open = [start]
    while let step = open.popLast() {
      if step == target { return true }
      if seen.insert(step).inserted { open += uses(of: step, request) }
    }
    return false
  }

  /// Sorts steps so that each follows the steps that it uses. A step can cover a part of the request that contains
  /// steps defined later.
  func inOrder(_ steps: Set<Int>, _ request: RequestDescription?) -> [Int] {
    guard steps.count <= Self.maximumSteps else { return steps.sorted() }
    var ordered: [Int] = []
    var visited: Set<Int> = []
    func visit(_ step: Int) {
      guard steps.contains(step), visited.insert(step).inserted else { return }
      for used in uses(of: step, request).sorted() { visit(used) }
      ordered.append(step)
    }
    for step in steps.sorted() { visit(step) }
    return ordered
  }

  /// The steps that the request, `answer` or the parameters of the operation use directly or indirectly.
  func usedSteps(_ request: RequestDescription?, includingPossibleUses: Bool = false) -> Set<Int> {
    let covered = Dictionary(grouping: coverages, by: \.step)
    var used: Set<Int> = []
    var open = otherReferences
    while let reference = open.popLast() {
      guard case .step(let step) = reference, used.insert(step).inserted else { continue }
      open += stepReferences[step]
      if includingPossibleUses, broken.contains(step) { open += (0..<step).map { .step($0) } }
      for part in covered[step] ?? [] { open += request?.references(of: part.coverage).references ?? [] }
    }
    return used
  }
}

extension RequestDescription {
  /// All references in a part of the request, and the parts of the request that they include transitively.
  func references(of coverage: OperationReader.Coverage) -> (references: [Reference], parts: Set<RequestPart>) {
    var parts: Set<RequestPart> = []
    var found = named(in: coverage)
    var next = 0
    while next < found.count {
      if case .request(let part) = found[next], parts.insert(part).inserted { found += named(in: .part(part)) }
      next += 1
    }
    return (found, parts)
  }

  private func named(in coverage: OperationReader.Coverage) -> [Reference] {
    switch coverage {
    case .part(.method), .part(.host): []
    case .part(.path): path.references
    case .part(.query): query.flatMap(\.value.references)
    case .part(.body): bodyReferences
    case .header(let name):
      headers.filter { $0.name.lowercased() == name }.flatMap(\.value.references)
    case .members(let members, let leaveOut): references(of: members, leaveOut: leaveOut)
    }
  }

  private var bodyReferences: [Reference] {
    switch body {
    case .none: []
    case .form(let parameters), .multipart(let parameters): parameters.flatMap(\.value.references)
    case .json(let form): form.references
    case .xml(let form): form.references
    case .raw(let template, _): template.references
    }
  }

  private func references(of members: Join.Members, leaveOut: Set<String>) -> [Reference] {
    switch (members, body) {
    case (.query, _): query.filter { !leaveOut.contains($0.name) }.flatMap(\.value.references)
    case (.form, .form(let parameters)), (.form, .multipart(let parameters)):
      parameters.filter { !leaveOut.contains($0.name) }.flatMap(\.value.references)
    case (.json, .json(.object(let members))):
      members.filter { !leaveOut.contains($0.name) }.flatMap(\.value.references)
    default: []
    }
  }
}

extension JSONForm {
  var references: [Reference] { templates.flatMap(\.references) }

  /// The templates in the form. The field of the account that selects a form is one, too.
  var templates: [Template] {
    switch self {
    case .literal: []
    case .text(let template), .number(let template): [template]
    case .array(let elements): elements.flatMap(\.templates)
    case .object(let members): members.flatMap(\.value.templates)
    case .choice(let field, let forms):
      [Template(pieces: [.reference(.account(field))])] + forms.flatMap(\.alternative.form.templates)
    }
  }
}
