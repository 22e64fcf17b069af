namespace MedR1.Rewards;

/// <summary>How <see cref="NumericReward"/> compares numbers.</summary>
public sealed record NumericOptions
{
    /// <summary>
    /// Lengths in millimetres, areas in square millimetres, volumes in millilitres, percentages as fractions of one, angles in
    /// degrees: the units of medical reports.
    /// </summary>
    public static IReadOnlyDictionary<string, NumericUnit> MedicalUnits { get; } = new Dictionary<string, NumericUnit>
    {
        ["µm"] = new("mm", 0.001),

        // The Greek letter μ, to which Unicode's NFKC normalization converts the micro sign.
        ["\u03BCm"] = new("mm", 0.001),
        ["um"] = new("mm", 0.001),
        ["mm"] = new("mm", 1),
        ["millimeter"] = new("mm", 1),
        ["millimeters"] = new("mm", 1),
        ["cm"] = new("mm", 10),
        ["centimeter"] = new("mm", 10),
        ["centimeters"] = new("mm", 10),
        ["m"] = new("mm", 1000),
        ["mm²"] = new("mm²", 1),
        ["mm2"] = new("mm²", 1),
        ["cm²"] = new("mm²", 100),
        ["cm2"] = new("mm²", 100),
        ["mm³"] = new("ml", 0.001),
        ["mm3"] = new("ml", 0.001),
        ["cm³"] = new("ml", 1),
        ["cm3"] = new("ml", 1),
        ["ml"] = new("ml", 1),
        ["cc"] = new("ml", 1),
        ["l"] = new("ml", 1000),
        ["%"] = new("share", 0.01),
        ["percent"] = new("share", 0.01),
        ["°"] = new("degree", 1),
        ["degree"] = new("degree", 1),
        ["degrees"] = new("degree", 1),
        ["hu"] = new("HU", 1),
    };

    /// <summary>The largest difference allowed, in the unit of the right answer.</summary>
    /// <value>The default is 0.</value>
    public double AbsoluteTolerance { get; init; }

    /// <summary>The largest difference allowed, as a fraction of the right number; added to the absolute tolerance.</summary>
    /// <value>The default is 0.</value>
    public double RelativeTolerance { get; init; }

    /// <summary>Units by their spelling, in lower case.</summary>
    /// <value>The default is <see cref="MedicalUnits"/>.</value>
    public IReadOnlyDictionary<string, NumericUnit> Units { get; init; } = MedicalUnits;

    /// <summary>
    /// Whether an answer without a unit is wrong if the right answer has a unit; otherwise the right answer's unit is assumed.
    /// </summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool RequireUnit { get; init; }

    /// <summary>Whether a text without answer tags earns 0; otherwise the whole text is taken as the answer.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool RequireTags { get; init; } = true;
}
