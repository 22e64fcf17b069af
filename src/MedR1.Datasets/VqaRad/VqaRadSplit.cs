namespace MedR1.Datasets;

/// <summary>The parts of VQA-RAD, which its file marks by the rows' <c>phrase_type</c>.</summary>
[Flags]
public enum VqaRadSplit
{
    /// <summary>Rows to learn from: <c>freeform</c> and <c>para</c>.</summary>
    Train = 1,

    /// <summary>Rows to be measured on: <c>test_freeform</c> and <c>test_para</c>.</summary>
    Test = 2,

    /// <summary>Both.</summary>
    All = Train | Test,
}
