namespace MedR1.Datasets;

/// <summary>The files of SLAKE.</summary>
public enum SlakeSplit
{
    /// <summary><c>train.json</c>.</summary>
    Train,

    /// <summary><c>validate.json</c>, which the copy on the Hugging Face hub calls <c>validation.json</c>.</summary>
    Validation,

    /// <summary><c>test.json</c>.</summary>
    Test,
}
