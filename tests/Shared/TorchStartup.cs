using System.Runtime.CompilerServices;

using MedR1.Modeling;

namespace MedR1.TestSupport;

/// <summary>
/// Loads the native libraries before the first test. MedR1.Modeling does that itself once it is in use, but a test that
/// uses TorchSharp first would be too early.
/// </summary>
internal static class TorchStartup
{
    [ModuleInitializer]
    internal static void Start() => TorchRuntime.Initialize();
}
