namespace MedR1.Conformance;

/// <summary>Checks the cases of one kind. Classes that implement it are found by reflection and made without arguments.</summary>
public interface IConformanceKind
{
    /// <summary>The kind's name, as the folder under <c>cases/</c>.</summary>
    string Kind { get; }

    /// <summary>
    /// Why this runner can't check the case, in words that name what it lacks; null where it can. Such a case is listed as
    /// not run.
    /// </summary>
    /// <param name="conformanceCase">The case.</param>
    string? Obstacle(ConformanceCase conformanceCase) => null;

    /// <summary>Computes what the case asks for and compares it through the checker.</summary>
    /// <param name="conformanceCase">The case.</param>
    /// <param name="checker">Takes what was computed, with the name of the expected field.</param>
    void Check(ConformanceCase conformanceCase, Checker checker);
}
