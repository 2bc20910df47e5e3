import Configuration
import JSON
import Networking
import NumberAuth
import Schema

extension RequestHandler {
  /// `GET /v1/providers`: the content of the provider files. They contain no secrets.
  func providers(_ snapshot: Snapshot) -> HTTPResponse {
    let files = snapshot.providers.values.sorted { $0.name < $1.name }
    return json {
      $0.array("providers") { array in
        for file in files {
          array.object {
            $0.member("name", file.name)
            $0.member("title", file.title.english)
            $0.member("titleZh", file.title.chinese)
            $0.member("adapter", file.adapter.rawValue)
            $0.array("documents") { for document in file.documents { $0.value(document) } }
            $0.object("serves") { serves in
              for (channel, operations) in file.serves.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                serves.array(named: channel.rawValue) { for operation in operations { $0.value(operation.rawValue) } }
              }
            }
            $0.member("prepares", file.canPrepare)
            $0.member("signs", file.canSign)
            $0.member("tokenLifeSeconds", Int(file.tokenLife.components.seconds))
            $0.member("codes", file.table.entries.count)
            $0.array("inputs") { inputs in for input in file.inputs { Self.write(input, into: &inputs) } }
            $0.object("unconfirmed") { openQuestions in
              for question in file.openQuestions { openQuestions.member(named: question.topic, question.reason) }
            }
          }
        }
      }
    }
  }

  private static func write(_ input: DeclaredField, into writer: inout JSONWriter) {
    writer.object {
      $0.member("name", input.name)
      $0.member("required", input.isRequired)
      $0.member("about", ifPresent: input.about)
      if let choices = input.choices { $0.array("choices") { for choice in choices { $0.value(choice) } } }
    }
  }

  /// `GET /v1/apps`: the team's apps, their routes and the states of the circuit breakers.
  func apps(for team: Team, _ snapshot: Snapshot) -> HTTPResponse {
    let apps = snapshot.apps.values.filter { team.apps?.contains($0.id) ?? true }.sorted { $0.id < $1.id }
    return json {
      $0.array("apps") { array in
        for app in apps {
          array.object { object in
            object.member("id", app.id)
            object.array("routes") { routes in
              for (route, candidates) in app.routes.sorted(by: { Self.order($0.key) < Self.order($1.key) }) {
                routes.object { writeRoute(route, candidates, snapshot, into: &$0) }
              }
            }
          }
        }
      }
    }
  }

  private static func order(_ route: Router.Route) -> String { route.channel.rawValue + " " + route.operation.rawValue }

  private func writeRoute(
    _ route: Router.Route, _ candidates: [Router.Candidate], _ snapshot: Snapshot, into writer: inout JSONWriter
  ) {
    writer.member("channel", route.channel.rawValue)
    writer.member("operation", route.operation.rawValue)
    writer.array("accounts") { array in
      for candidate in candidates {
        guard let account = snapshot.accounts[candidate.account] else { continue }
        array.object {
          $0.member("name", account.name)
          $0.member("provider", account.file.name)
          if let weight = candidate.weight { $0.member("weight", weight) }
          if let gate = snapshot.gates[account.name] {
            $0.member("breaker", gate.reading.breaker.breaker.state.rawValue)
            $0.member("hostBreaker", gate.host.breaker.breaker.state.rawValue)
          }
        }
      }
    }
  }
}
