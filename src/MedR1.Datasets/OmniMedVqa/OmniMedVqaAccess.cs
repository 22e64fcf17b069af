namespace MedR1.Datasets;

/// <summary>The parts of OmniMedVQA: the folders under <c>QA_information</c>.</summary>
[Flags]
public enum OmniMedVqaAccess
{
    /// <summary>The part that comes with its images: 88,996 questions.</summary>
    Open = 1,

    /// <summary>The part whose images must be requested from their owners.</summary>
    Restricted = 2,

    /// <summary>Both.</summary>
    All = Open | Restricted,
}
