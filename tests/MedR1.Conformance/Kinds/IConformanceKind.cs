namespace MedR1.Conformance;

/// <summary>Checks the cases of one kind. Implementations are found by reflection and created without arguments.</summary>
public interface IConformanceKind
{
    /// <summary>The name of the kind, which is that of the folder under <c>cases/</c>.</summary>
    string Kind { get; }

    /// <summary>
    /// Returns why this runner can't check the case, naming what it lacks; null if it can. Such a case is listed as
    /// not run.
    /// </summary>
    /// <param name="conformanceCase">The case.</param>
    string? Obstacle(ConformanceCase conformanceCase) => null;

    /// <summary>Computes what the case requires and compares it with the checker.</summary>
    /// <param name="conformanceCase">The case.</param>
    /// <param name="checker">Compares the results, with the name of the expected field.</param>
    void Check(ConformanceCase conformanceCase, Checker checker);
}
