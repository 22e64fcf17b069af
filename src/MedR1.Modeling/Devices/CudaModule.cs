using System.Collections.Concurrent;
using System.Reflection;
using System.Text;

namespace MedR1.Modeling;

/// <summary>A module of kernels that the driver has compiled for the device of a context.</summary>
internal sealed unsafe class CudaModule
{
    // No binary for the GPU, invalid PTX, no JIT compiler, unsupported PTX version, JIT compilation disabled.
    private static readonly int[] s_refusals = [209, 218, 221, 222, 223];

    private readonly CudaDriver _driver;
    private readonly nint _context;
    private readonly nint _module;
    private readonly ConcurrentDictionary<string, nint> _functions = new();

    private CudaModule(CudaDriver driver, nint context, nint module)
    {
        _driver = driver;
        _context = context;
        _module = module;
    }

    /// <summary>Loads embedded PTX; returns <see langword="null"/> if the driver rejects it, for instance on older GPUs.</summary>
    /// <exception cref="InvalidOperationException">Loading fails for another reason, such as lack of memory.</exception>
    public static CudaModule? TryLoad(CudaDriver driver, nint context, string file)
    {
        nint module = Load(driver, context, file, out int error);
        if (s_refusals.Contains(error))
        {
            return null;
        }

        CudaGraph.Require(error, $"Loading {file}");
        return new CudaModule(driver, context, module);
    }

    /// <summary>Finds a kernel by its name.</summary>
    /// <exception cref="InvalidOperationException">The module has no such kernel.</exception>
    public nint Find(string name) => _functions.GetOrAdd(name, Get);

    private nint Get(string name)
    {
        nint function, left;
        CudaGraph.Require(_driver.EnterContext(_context), "cuCtxPushCurrent");
        fixed (byte* text = Encoding.ASCII.GetBytes(name + "\0"))
        {
            int error = _driver.GetFunction(&function, _module, text);
            _driver.LeaveContext(&left);
            CudaGraph.Require(error, $"cuModuleGetFunction of {name}");
        }

        return function;
    }

    private static nint Load(CudaDriver driver, nint context, string file, out int error)
    {
        nint module = 0, left;
        error = driver.EnterContext(context);
        if (error != 0)
        {
            return 0;
        }

        fixed (byte* image = Image(file))
        {
            error = driver.LoadModule(&module, image);
        }

        driver.LeaveContext(&left);
        return module;
    }

    // The driver requires a terminating zero.
    private static byte[] Image(string file)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"MedR1.Modeling.{file}")!;
        byte[] image = new byte[stream.Length + 1];
        stream.ReadExactly(image, 0, image.Length - 1);
        return image;
    }
}
