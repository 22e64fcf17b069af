using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

using TorchSharp;

namespace MedR1.Modeling;

/// <summary>
/// Starts <see cref="TorchRuntime"/> when TorchSharp requests a native library that .NET does not find. Until then nothing
/// is loaded, so that an application that never computes pays nothing and options passed to
/// <see cref="TorchRuntime.Initialize"/> take effect.
/// </summary>
internal static class TorchRuntimeHook
{
    private static TorchRuntimeException? _failure;
    private static bool _throwing;

    // The rule targets initializers that do work or may fail; this one only adds an event handler.
#pragma warning disable CA2255
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Install()
    {
        AssemblyLoadContext context =
            AssemblyLoadContext.GetLoadContext(typeof(torch).Assembly) ?? AssemblyLoadContext.Default;
        context.ResolvingUnmanagedDll += Resolve;
    }

    private static nint Resolve(Assembly assembly, string name)
    {
        if (assembly != typeof(torch).Assembly)
        {
            return 0;
        }

        TorchRuntime.State state;
        try
        {
            state = TorchRuntime.Load(new TorchRuntimeOptions());
        }
        catch (TorchRuntimeException exception)
        {
            _failure = exception;
            return name == NativeLibraryNames.Binding ? HandleThatThrows() : 0;
        }

        return name switch
        {
            NativeLibraryNames.Binding => state.Binding,
            "torch_cpu" => state.TorchCpu,
            "torch_cuda" => state.TorchCuda,
            _ => 0,
        };
    }

    /// <summary>
    /// Returns a handle that makes TorchSharp believe its library is loaded; TorchSharp's first native call then throws the
    /// stored exception. Otherwise TorchSharp would copy 498 MB from the NuGet package folder to the application folder and
    /// throw an exception that names the wrong cause.
    /// </summary>
    private static nint HandleThatThrows()
    {
        try
        {
            if (!_throwing)
            {
                NativeLibrary.SetDllImportResolver(typeof(torch).Assembly, static (_, _, _) => ThrowFailure());
                _throwing = true;
            }
        }
        catch (InvalidOperationException)
        {
            // The application has its own resolver for TorchSharp's libraries, which also handles errors.
            return 0;
        }

        return NativeLibrary.GetMainProgramHandle();
    }

    private static nint ThrowFailure()
    {
        ExceptionDispatchInfo.Throw(_failure!);
        return 0;
    }
}
