/// One scheme of Aliyun's console.
struct AliyunScheme: Sendable {
  enum Channel: String, Sendable, CaseIterable {
    case h5
    case app
  }

  let sceneCode: String
  let account: String
  let channel: Channel
  let operations: Set<Operation>
  let origin: String?
  let url: String?
}
