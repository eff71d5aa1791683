/// What is wrong with a call's message.
enum CallFault {
    static func field(_ name: String, _ code: String, _ message: String) -> GatewayError {
        .invalidFields([FieldFault(param: name, code: code, message: message)], kind: .invalidRequest)
    }
}
