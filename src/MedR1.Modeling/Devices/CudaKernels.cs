using System.Collections.Concurrent;

using TorchSharp;

namespace MedR1.Modeling;

/// <summary>
/// The kernels of <c>Kernels/*.cu</c> on one device. They require a GPU of the Ampere generation or later; on other devices,
/// libtorch's operators are used.
/// </summary>
internal sealed unsafe class CudaKernels
{
    private static readonly ConcurrentDictionary<int, CudaKernels?> Loaded = new();

    private readonly CudaDriver _driver;
    private readonly int _device;
    private readonly nint _context;
    private readonly CudaModule _operators;
    private readonly Lazy<StepModule?> _steps;

    private CudaKernels(CudaDriver driver, int index, int device, nint context, CudaModule operators)
    {
        _driver = driver;
        _device = index;
        _context = context;
        _operators = operators;
        bool startsEarly = CudaSwitches.UsesEarlyStart && CanStartEarly(driver, device);
        _steps = new Lazy<StepModule?>(
            () => (startsEarly ? StepModule.TryLoad(driver, context, startsEarly: true) : null)
                ?? StepModule.TryLoad(driver, context, startsEarly: false),
            LazyThreadSafetyMode.PublicationOnly);
    }

    /// <summary>Whether the kernels are disabled on this thread, to compare with libtorch's operators.</summary>
    [field: ThreadStatic]
    public static bool AreLeftOut { get; set; }

    /// <summary>Returns the kernels for a device, or <see langword="null"/> if they can't run on it.</summary>
    public static CudaKernels? For(torch.Device device) =>
        device.type == DeviceType.CUDA && CudaSwitches.UsesKernels && !AreLeftOut
        ? Loaded.GetOrAdd(Math.Max(0, device.index), Load) : null;

    /// <summary>Whether the kernels of steps.cu can run on the device.</summary>
    public bool HasSteps => _steps.Value is not null;

    /// <summary>
    /// Returns the number of threads of a block that processes a row with four elements per thread: whole warps, up to a limit.
    /// </summary>
    public static int ThreadsForRow(int width, int most) => Math.Clamp((width / 4 + 31) / 32 * 32, 32, most);

    /// <summary>Launches a kernel of operators.cu on libtorch's current stream.</summary>
    /// <param name="name">The name of the kernel without the data type.</param>
    /// <param name="type">The data type.</param>
    /// <param name="blocks">The grid dimensions.</param>
    /// <param name="threads">The number of threads per block.</param>
    /// <param name="arguments">The addresses of the arguments.</param>
    /// <exception cref="InvalidOperationException">The launch fails.</exception>
    public void Launch(string name, torch.ScalarType type, (long X, long Y) blocks, int threads, void** arguments)
    {
        string full = type == torch.ScalarType.Float32 ? $"{name}_float32" : $"{name}_bfloat16";
        Launch(_operators.Find(full), name, blocks, threads, arguments, startsEarly: false);
    }

    /// <summary>Launches a kernel of steps.cu on libtorch's current stream; requires <see cref="HasSteps"/>.</summary>
    /// <param name="name">The name of the kernel.</param>
    /// <param name="blocks">The grid dimensions.</param>
    /// <param name="threads">The number of threads per block.</param>
    /// <param name="arguments">The addresses of the arguments.</param>
    /// <exception cref="InvalidOperationException">The device has no such kernels, or the launch fails.</exception>
    public void LaunchStep(string name, (long X, long Y) blocks, int threads, void** arguments)
    {
        StepModule steps = _steps.Value ?? throw new InvalidOperationException("The device has no step kernels.");
        Launch(steps.Module.Find(name), name, blocks, threads, arguments, steps.StartsEarly);
    }

    private void Launch(nint function, string name, (long X, long Y) blocks, int threads, void** arguments, bool startsEarly)
    {
        nint stream, left;
        Require(_driver.CurrentStream(_device, &stream), "aoti_torch_get_current_cuda_stream");
        Require(_driver.EnterContext(_context), "cuCtxPushCurrent");
        int error;
        if (startsEarly)
        {
            CudaLaunch.Attribute early = new() { Identifier = CudaLaunch.Attribute.ProgrammaticStreamSerialization, Value = 1 };
            CudaLaunch launch = new()
            {
                BlocksX = (uint)blocks.X,
                BlocksY = (uint)blocks.Y,
                BlocksZ = 1,
                ThreadsX = (uint)threads,
                ThreadsY = 1,
                ThreadsZ = 1,
                Stream = stream,
                Attributes = &early,
                AttributeCount = 1,
            };
            error = _driver.LaunchWith(&launch, function, arguments, null);
        }
        else
        {
            error = _driver.Launch(
                function, (uint)blocks.X, (uint)blocks.Y, 1, (uint)threads, 1, 1, 0, stream, arguments, null);
        }

        _driver.LeaveContext(&left);
        Require(error, $"Launching kernel {name}");
    }

    // Requires Hopper or later; recording such launches requires CUDA 12.3.
    private static bool CanStartEarly(CudaDriver driver, int device)
    {
        const int ComputeCapabilityMajor = 75, Hopper = 9, FirstVersion = 12030;
        int major, version;
        return driver.LaunchWith is not null && driver.GetAttribute(&major, ComputeCapabilityMajor, device) == 0
            && major >= Hopper && driver.GetVersion(&version) == 0 && version >= FirstVersion;
    }

    private static CudaKernels? Load(int index)
    {
        if (CudaDriver.Instance is not { } driver)
        {
            return null;
        }

        int device;
        nint context;
        return driver.GetDevice(&device, index) == 0 && driver.RetainContext(&context, device) == 0
            && CudaModule.TryLoad(driver, context, "operators.ptx") is { } operators
                ? new CudaKernels(driver, index, device, context, operators) : null;
    }

    private static void Require(int error, string function) => CudaGraph.Require(error, function);

    private sealed record StepModule(CudaModule Module, bool StartsEarly)
    {
        public static StepModule? TryLoad(CudaDriver driver, nint context, bool startsEarly) =>
            CudaModule.TryLoad(driver, context, startsEarly ? "steps.early.ptx" : "steps.ptx") is { } module
                ? new StepModule(module, startsEarly) : null;
    }
}
