using System.Collections.Concurrent;
using System.Reflection;

using TorchSharp;

namespace MedR1.Modeling;

/// <summary>
/// The kernels of <c>Kernels/decoding.cu</c> on one device. They need a GPU of the Ampere generation or later; elsewhere
/// libtorch's operators do their work.
/// </summary>
internal sealed unsafe class CudaKernels
{
    private static readonly ConcurrentDictionary<int, CudaKernels?> Loaded = new();

    private readonly CudaDriver _driver;
    private readonly int _device;
    private readonly nint _context;
    private readonly nint _module;
    private readonly ConcurrentDictionary<string, nint> _functions = new();

    private CudaKernels(CudaDriver driver, int device, nint context, nint module)
    {
        _driver = driver;
        _device = device;
        _context = context;
        _module = module;
    }

    /// <summary>Whether this thread leaves them out, to compare with libtorch's operators.</summary>
    [field: ThreadStatic]
    public static bool AreLeftOut { get; set; }

    /// <summary>The kernels on a device, or null where they can't run.</summary>
    public static CudaKernels? For(torch.Device device) =>
        device.type == DeviceType.CUDA && CudaSwitches.UsesKernels && !AreLeftOut
        ? Loaded.GetOrAdd(Math.Max(0, device.index), Load) : null;

    /// <summary>Gives libtorch's current stream a kernel.</summary>
    /// <param name="name">Its name without the type.</param>
    /// <param name="type">The type of its numbers.</param>
    /// <param name="blocks">Blocks, in two directions.</param>
    /// <param name="threads">Threads of a block.</param>
    /// <param name="arguments">The addresses of its arguments.</param>
    /// <exception cref="InvalidOperationException">The driver refuses.</exception>
    public void Launch(string name, torch.ScalarType type, (long X, long Y) blocks, int threads, void** arguments)
    {
        nint function = _functions.GetOrAdd(
            type == torch.ScalarType.Float32 ? $"{name}_float32" : $"{name}_bfloat16", Find);
        nint stream, left;
        Require(_driver.CurrentStream(_device, &stream), "aoti_torch_get_current_cuda_stream");
        Require(_driver.EnterContext(_context), "cuCtxPushCurrent");
        int error = _driver.Launch(
            function, (uint)blocks.X, (uint)blocks.Y, 1, (uint)threads, 1, 1, 0, stream, arguments, null);
        _driver.LeaveContext(&left);
        Require(error, $"cuLaunchKernel of {name}");
    }

    private static CudaKernels? Load(int index)
    {
        if (CudaDriver.Instance is not { } driver)
        {
            return null;
        }

        int device;
        nint context, module = 0, left;
        if (driver.GetDevice(&device, index) != 0 || driver.RetainContext(&context, device) != 0
            || driver.EnterContext(context) != 0)
        {
            return null;
        }

        fixed (byte* image = Image())
        {
            bool isLoaded = driver.LoadModule(&module, image) == 0;
            driver.LeaveContext(&left);
            return isLoaded ? new CudaKernels(driver, index, context, module) : null;
        }
    }

    // The driver wants a zero behind the text.
    private static byte[] Image()
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("MedR1.Modeling.decoding.ptx")!;
        byte[] image = new byte[stream.Length + 1];
        stream.ReadExactly(image, 0, image.Length - 1);
        return image;
    }

    private static void Require(int error, string function)
    {
        if (error != 0)
        {
            throw new InvalidOperationException($"{function} failed with the CUDA error {error}.");
        }
    }

    private nint Find(string name)
    {
        nint function, left;
        Require(_driver.EnterContext(_context), "cuCtxPushCurrent");
        fixed (byte* text = System.Text.Encoding.ASCII.GetBytes(name + "\0"))
        {
            int error = _driver.GetFunction(&function, _module, text);
            _driver.LeaveContext(&left);
            Require(error, $"cuModuleGetFunction of {name}");
        }

        return function;
    }
}
