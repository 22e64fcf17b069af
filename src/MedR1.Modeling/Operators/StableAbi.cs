using System.Reflection;
using System.Runtime.InteropServices;

namespace MedR1.Modeling;

/// <summary>
/// The part of libtorch's stable C interface that reaches every operator, also those that TorchSharp has no method for
/// (<c>torch/csrc/inductor/aoti_torch/c/shim.h</c> and <c>torch/csrc/stable/c/shim.h</c>), and the function of
/// TorchSharp's own native library that makes a tensor over given memory. Functions return 0 if they succeed.
/// </summary>
internal static unsafe partial class StableAbi
{
    private const string TorchCpu = "torch_cpu";

    static StableAbi() => NativeLibrary.SetDllImportResolver(typeof(StableAbi).Assembly, Resolve);

    /// <summary>
    /// Runs an operator by name; takes over the arguments on the stack and replaces them by the results.
    /// </summary>
    [LibraryImport(TorchCpu, EntryPoint = "aoti_torch_call_dispatcher")]
    public static partial int CallDispatcher(byte* name, byte* overload, ulong* stack);

    /// <summary>Makes a second handle of a tensor.</summary>
    [LibraryImport(TorchCpu, EntryPoint = "aoti_torch_new_tensor_handle")]
    public static partial int NewTensorHandle(nint tensor, nint* handle);

    /// <summary>Releases a handle of a tensor.</summary>
    [LibraryImport(TorchCpu, EntryPoint = "aoti_torch_delete_tensor_object")]
    public static partial int DeleteTensor(nint handle);

    /// <summary>Address of the first element of a tensor.</summary>
    [LibraryImport(TorchCpu, EntryPoint = "aoti_torch_get_data_ptr")]
    public static partial int DataPointer(nint tensor, nint* address);

    /// <summary>Makes an empty list.</summary>
    [LibraryImport(TorchCpu, EntryPoint = "torch_new_list_reserve_size")]
    public static partial int NewList(nuint capacity, nint* list);

    /// <summary>Appends to a list, which takes over the value.</summary>
    [LibraryImport(TorchCpu, EntryPoint = "torch_list_push_back")]
    public static partial int ListAppend(nint list, ulong value);

    /// <summary>Takes a value out of a list; the caller owns it.</summary>
    [LibraryImport(TorchCpu, EntryPoint = "torch_list_get_item")]
    public static partial int ListItem(nint list, nuint index, ulong* value);

    /// <summary>Number of values in a list.</summary>
    [LibraryImport(TorchCpu, EntryPoint = "torch_list_size")]
    public static partial int ListSize(nint list, nuint* size);

    /// <summary>Releases a list; values that hold tensors are not released with it.</summary>
    [LibraryImport(TorchCpu, EntryPoint = "torch_delete_list")]
    public static partial int DeleteList(nint list);

    /// <summary>Makes a text.</summary>
    [LibraryImport(TorchCpu, EntryPoint = "torch_new_string_handle")]
    public static partial int NewString(byte* text, nuint length, nint* handle);

    /// <summary>Releases a text.</summary>
    [LibraryImport(TorchCpu, EntryPoint = "torch_delete_string")]
    public static partial int DeleteString(nint handle);

    /// <summary>
    /// Makes a tensor over memory; <paramref name="release"/> is called with it when its last user is gone.
    /// </summary>
    [LibraryImport(NativeLibraryNames.Binding, EntryPoint = "THSTensor_new")]
    public static partial nint TensorOverMemory(
        nint data,
        delegate* unmanaged[Cdecl]<nint, void> release,
        long* sizes,
        int dimensions,
        sbyte elementType,
        sbyte tensorType,
        int deviceType,
        int deviceIndex,
        byte requiresGradient);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) => name switch
    {
        TorchCpu => TorchRuntime.Load(new TorchRuntimeOptions()).TorchCpu,
        NativeLibraryNames.Binding => TorchRuntime.Load(new TorchRuntimeOptions()).Binding,
        _ => 0,
    };
}
