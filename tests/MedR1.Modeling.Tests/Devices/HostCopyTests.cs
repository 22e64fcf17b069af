using MedR1.TestSupport;

using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Modeling.Tests.Devices;

public class HostCopyTests
{
    [Fact]
    public void It_copies_what_the_tensor_contained_when_the_copy_began() => Check(CPU, 50);

    [Fact]
    [Trait("Device", "Gpu")]
    public void On_a_GPU_it_copies_after_earlier_work_and_before_later_work() => Check(TestDevice.Gpu, 1500);

    private static void Check(Device device, int size)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor source = zeros([3, 5], ScalarType.Float64, device);
        Tensor busy = eye(size, device: device);
        using HostCopy copy = new(source);
        for (int turn = 1; turn <= 4; turn++)
        {
            // The values depend on products that take the device a while, and change right after the copy.
            for (int i = 0; i < 5; i++)
            {
                busy = busy.mm(busy);
            }

            source.copy_(busy.sum().Times((double)turn).expand(3, 5));
            copy.Begin();
            busy = busy.mm(busy);
            source.FillInPlace(-1);

            // The sum of the diagonal of ones times the turn.
            Assert.All(copy.Wait().data<double>().ToArray(), value => Assert.Equal((double)size * turn, value));
        }

        Assert.All(source.cpu().data<double>().ToArray(), value => Assert.Equal(-1, value));
    }
}
