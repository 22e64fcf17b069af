using TorchSharp;

namespace MedR1.TestSupport;

/// <summary>The device for tests with the trait <c>Device=Gpu</c>.</summary>
internal static class TestDevice
{
    /// <summary>The device of the variable <c>MEDR1_TEST_DEVICE</c>, such as <c>cuda:1</c>; by default the first GPU.</summary>
    public static torch.Device Gpu { get; } =
        torch.device(Environment.GetEnvironmentVariable("MEDR1_TEST_DEVICE") ?? "cuda");

    /// <summary>Whether a tensor is on the device of the tests; a device without an index is the first of its kind.</summary>
    public static bool Holds(torch.Tensor tensor) =>
        tensor.device_type == Gpu.type && Math.Max(0, tensor.device.index) == Math.Max(0, Gpu.index);
}
