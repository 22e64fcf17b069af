using System.Reflection;
using System.Runtime.InteropServices;

namespace MedR1.Modeling;

/// <summary>
/// The part of libtorch's stable C interface that calls any operator, including those for which TorchSharp has no method
/// (<c>torch/csrc/inductor/aoti_torch/c/shim.h</c> and <c>torch/csrc/stable/c/shim.h</c>), and the function of
/// TorchSharp's own native library that creates a tensor over given memory. Functions that return an
/// <see langword="int"/> return 0 on success.
/// </summary>
internal static unsafe partial class StableAbi
{
    private const string TorchCpu = "torch_cpu";

    static StableAbi() => NativeLibrary.SetDllImportResolver(typeof(StableAbi).Assembly, Resolve);

    /// <summary>
    /// Runs an operator by name; takes ownership of the arguments on the stack and replaces them by the results.
    /// </summary>
    [LibraryImport(TorchCpu, EntryPoint = "aoti_torch_call_dispatcher")]
    public static partial int CallDispatcher(byte* name, byte* overload, ulong* stack);

    /// <summary>Creates a new handle of a tensor.</summary>
    [LibraryImport(TorchCpu, EntryPoint = "aoti_torch_new_tensor_handle")]
    public static partial int NewTensorHandle(nint tensor, nint* handle);

    /// <summary>Releases a handle of a tensor.</summary>
    [LibraryImport(TorchCpu, EntryPoint = "aoti_torch_delete_tensor_object")]
    public static partial int DeleteTensor(nint handle);

    /// <summary>Returns the address of the first element of a tensor.</summary>
    [LibraryImport(TorchCpu, EntryPoint = "aoti_torch_get_data_ptr")]
    public static partial int DataPointer(nint tensor, nint* address);

    /// <summary>Creates an empty list.</summary>
    [LibraryImport(TorchCpu, EntryPoint = "torch_new_list_reserve_size")]
    public static partial int NewList(nuint capacity, nint* list);

    /// <summary>Appends a value to a list, which takes ownership of it.</summary>
    [LibraryImport(TorchCpu, EntryPoint = "torch_list_push_back")]
    public static partial int ListAppend(nint list, ulong value);

    /// <summary>Returns a value of a list; the caller owns it.</summary>
    [LibraryImport(TorchCpu, EntryPoint = "torch_list_get_item")]
    public static partial int ListItem(nint list, nuint index, ulong* value);

    /// <summary>Returns the number of values in a list.</summary>
    [LibraryImport(TorchCpu, EntryPoint = "torch_list_size")]
    public static partial int ListSize(nint list, nuint* size);

    /// <summary>Releases a list, but not the tensors in it.</summary>
    [LibraryImport(TorchCpu, EntryPoint = "torch_delete_list")]
    public static partial int DeleteList(nint list);

    /// <summary>Creates a string.</summary>
    [LibraryImport(TorchCpu, EntryPoint = "torch_new_string_handle")]
    public static partial int NewString(byte* text, nuint length, nint* handle);

    /// <summary>Releases a string.</summary>
    [LibraryImport(TorchCpu, EntryPoint = "torch_delete_string")]
    public static partial int DeleteString(nint handle);

    /// <summary>
    /// Creates a tensor over memory; <paramref name="release"/> is called with the address when the last view is gone.
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
