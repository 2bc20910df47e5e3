import Configuration
import NumberAuth
import Sandbox

/// `numgate authpage preview`: draws the authorisation page of an app.
enum AuthPageCommand: Command {
  static let name = "authpage"
  static let summary = "draw the authorisation page that an app configures"
  static let help = """
    usage: numgate authpage preview --app APP [--channel h5] [--out page.html] [--config config.yaml]
                                    [--providers FOLDER]

    Writes an HTML document that shows the vendor's authorisation page with the options of
    `apps.<app>.<channel>.page`, in the size of a phone. It is drawn from the documented meaning of the options, so that
    positions may differ from the vendor's page by a few pixels. --out - prints it. Exit code 1 if the app has no page
    options.
    """

  static func run(_ arguments: inout Arguments) throws(UsageError) -> Int32 {
    switch arguments.word() {
    case "preview": return try preview(&arguments)
    case let word?: throw UsageError("there is no command 'authpage \(word)'; known: preview", command: name)
    case nil: throw UsageError("a command is missing: preview", command: name)
    }
  }

  private static func preview(_ arguments: inout Arguments) throws(UsageError) -> Int32 {
    let files = try ConfigurationFiles(&arguments)
    let app = try arguments.required("--app")
    let channel = try arguments.word("--channel", as: Channel.self) ?? .h5
    let path = try arguments.option("--out") ?? "page.html"
    try arguments.finish()
    guard let configuration = files.load() else { return 1 }
    guard let known = configuration.apps[app] else {
      Terminal.error("there is no app '\(app)'; known: " + configuration.apps.keys.sorted().joined(separator: ", "))
      return 1
    }
    guard let page = known.pages[channel] else {
      Terminal.error(
        "'apps.\(app).\(channel.rawValue).page' is missing: the app uses the vendor's standard page, which has no options"
      )
      return 1
    }
    let html = AuthPagePreview.html(type: page.type, options: page.options?.bytes ?? Array("{}".utf8))
    guard path != "-" else {
      Terminal.print(String(decoding: html, as: UTF8.self))
      return 0
    }
    do throws(SystemFileError) {
      try SystemFile.replace(path, html)
    } catch {
      Terminal.error("\(path): \(error.message)")
      return 1
    }
    Terminal.print("wrote \(path) (page type \(page.type) of \(app), \(channel.rawValue))")
    return 0
  }
}
