namespace MedR1.Datasets;

/// <summary>The parts of VQA-RAD, distinguished by the items' <c>phrase_type</c>.</summary>
[Flags]
public enum VqaRadSplit
{
    /// <summary>Training rows: <c>freeform</c> and <c>para</c>.</summary>
    Train = 1,

    /// <summary>Test rows: <c>test_freeform</c> and <c>test_para</c>.</summary>
    Test = 2,

    /// <summary>Both.</summary>
    All = Train | Test,
}
