import Foundations
import ImageStudio
import ModelHub

/// Pictures from words, and the policy that they keep.
enum ImageRoutes {
    static let routes = [
        Route(
            .post, "/v1/images/generations", operationID: "createImage", summary: "Pictures",
            about: "Makes pictures from words. The same words, seed and settings make the same picture. Words and pictures are checked: what "
                + "the policy refuses is answered with 403 and a reason.", tag: "OpenAI", body: .json(Schemas.reference("ImageRequest")),
            answers: [.init(200, "The pictures", .json(Schemas.reference("ImageList"))), ChatPictureRoutes.accepted],
            errors: ChatPictureRoutes.errors, handler: ImageGeneration.handle),
        Route(
            .post, "/v1/moderations", operationID: "createModeration", summary: "Moderation",
            about: "Says what the policy of pictures thinks of texts, without making any. Nothing is kept.", tag: "OpenAI",
            body: .json(Schemas.reference("ModerationRequest")), answers: [.init(200, "A verdict for each text", .json(Schemas.reference("ModerationList")))],
            errors: [400, 408, 413, 415], handler: Moderation.handle),
        Route(
            .get, "/v1/styles", operationID: "listStyles", summary: "Styles", about: "The styles that chat pictures and avatars can have.",
            tag: "Images", answers: [.init(200, "The styles", .json(Schemas.reference("StyleList")))]
        ) { _, _, _ in
            .json([
                "styles": .array(
                    ImageStyle.all.map {
                        ["id": .string($0.id), "name": .string($0.name), "description": .string($0.description), "default": .bool($0.isDefault)]
                    })
            ])
        },
        Route(
            .get, "/v1/vocabulary", operationID: "listVocabulary", summary: "Vocabulary",
            about: "The features of a face and the words that each of them may have.", tag: "Images",
            answers: [.init(200, "The vocabulary", .json(Schemas.reference("Vocabulary")))]
        ) { _, _, _ in
            .json([
                "features": .array(
                    FeatureVocabulary.all.map {
                        ["name": .string($0.name.rawValue), "path": .string($0.path), "values": .array($0.values.map(JSONValue.string))]
                    })
            ])
        },
    ]
}
