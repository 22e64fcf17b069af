using System.Runtime.CompilerServices;
using MedR1.Modeling;

namespace MedR1;

/// <summary>
/// Lets <see cref="TorchRuntime"/> prepare for TorchSharp's first use as soon as a package that computes is used. Its own module
/// initializer would come too late for a program that begins with, for example, <c>new TinyPolicy()</c>: a constructor that uses TorchSharp
/// before it calls anything of MedR1.Modeling.
/// </summary>
internal static class RuntimeStartup
{
    // The rule targets initializers that do work or may fail; this one only adds an event handler.
#pragma warning disable CA2255
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Prepare() => RuntimeHelpers.RunModuleConstructor(typeof(TorchRuntime).Module.ModuleHandle);
}
