"""gRPC services as their .proto files describe them, called without generated code."""

import os
import subprocess
import tempfile

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

from support.server import CHECKOUT

FOLDER = os.path.join(CHECKOUT, "Sources/SpeechProtocol")


class Service:
    """A service's methods, as functions of a channel: `service.Method(message or messages, metadata=…)`."""

    def __init__(self, channel, file, name):
        with tempfile.TemporaryDirectory() as folder:
            made = os.path.join(folder, "set")
            subprocess.run(["protoc", "--proto_path", FOLDER, "--descriptor_set_out", made, file], check=True)
            with open(made, "rb") as content:
                files = descriptor_pb2.FileDescriptorSet.FromString(content.read())
        pool = descriptor_pool.DescriptorPool()
        for each in files.file:
            pool.Add(each)
        service = pool.FindServiceByName(name)
        self.pool, self.package = pool, name.rpartition(".")[0]
        for method in service.methods:
            described = descriptor_pb2.MethodDescriptorProto()
            method.CopyToProto(described)
            kind = ("stream" if described.client_streaming else "unary") + "_" + ("stream" if described.server_streaming else "unary")
            setattr(
                self, method.name,
                getattr(channel, kind)(
                    f"/{name}/{method.name}", request_serializer=lambda message: message.SerializeToString(),
                    response_deserializer=message_factory.GetMessageClass(method.output_type).FromString))

    def message(self, name, /, **fields):
        return message_factory.GetMessageClass(self.pool.FindMessageTypeByName(f"{self.package}.{name}"))(**fields)


def status_of(call):
    """The gRPC error that a call ends with."""
    try:
        call()
    except grpc.RpcError as error:
        return error
    raise AssertionError("the call succeeded")
