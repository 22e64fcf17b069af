using System.Reflection;

namespace MedR1.Modeling.Tests;

/// <summary>A test of a kernel. On a processor without the kernel's instructions it is reported as skipped, not as passed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class KernelFactAttribute : FactAttribute
{
    public KernelFactAttribute(Type kernel) => Skip = ReasonToSkip(kernel);

    public static string? ReasonToSkip(Type kernel) =>
        (bool)kernel.GetProperty("IsSupported", BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!
            ? null : $"This processor has no instructions for {kernel.Name}.";
}
