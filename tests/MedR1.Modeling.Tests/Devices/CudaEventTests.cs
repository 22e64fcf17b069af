using System.Runtime.InteropServices;

namespace MedR1.Modeling.Tests.Devices;

public sealed unsafe class CudaEventTests
{
    private const int LaunchFailure = 719;

    [ThreadStatic]
    private static int t_destroyed;

    [Fact]
    public void Disposing_an_event_of_a_device_that_has_failed_throws_nothing()
    {
        CudaEvent failed = new(new CudaEventFunctions { Create = &Create, Synchronize = &Fail, Destroy = &Destroy });
        Assert.Contains("cudaEventSynchronize failed with CUDA error 719", Assert.Throws<InvalidOperationException>(failed.Wait).Message);

        failed.Dispose();
        failed.Dispose();

        Assert.Equal(1, t_destroyed);
    }

    [UnmanagedCallersOnly]
    private static int Create(nint* created, uint flags)
    {
        *created = 1;
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int Fail(nint one) => LaunchFailure;

    [UnmanagedCallersOnly]
    private static int Destroy(nint one)
    {
        t_destroyed++;
        return 0;
    }
}
