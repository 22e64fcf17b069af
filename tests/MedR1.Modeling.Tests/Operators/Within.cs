using System.Diagnostics.CodeAnalysis;

namespace MedR1.Modeling.Tests.Operators;

/// <summary>Compares numbers with an absolute tolerance.</summary>
internal sealed class Within(float tolerance) : IEqualityComparer<float>
{
    public bool Equals(float x, float y) => Math.Abs(x - y) <= tolerance;

    public int GetHashCode([DisallowNull] float obj) => 0;
}
