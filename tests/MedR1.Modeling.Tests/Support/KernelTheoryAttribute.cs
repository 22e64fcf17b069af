namespace MedR1.Modeling.Tests;

/// <summary>Like <see cref="KernelFactAttribute"/>, with data.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class KernelTheoryAttribute : TheoryAttribute
{
    public KernelTheoryAttribute(Type kernel) => Skip = KernelFactAttribute.ReasonToSkip(kernel);
}
