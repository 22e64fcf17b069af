namespace MedR1.Evaluation;

/// <summary>Short names of domains for tables and figures; the data set's names are long and partly misspelt.</summary>
public static class DomainLabels
{
    private static readonly Dictionary<string, string> s_short = new(StringComparer.Ordinal)
    {
        [ImagingModality.CT.Value] = "CT",
        [ImagingModality.MRI.Value] = "MRI",
        [ImagingModality.XRay.Value] = "X-ray",
        [ImagingModality.Ultrasound.Value] = "Ultrasound",
        [ImagingModality.Dermoscopy.Value] = "Dermoscopy",
        [ImagingModality.Fundus.Value] = "Fundus",
        [ImagingModality.OCT.Value] = "OCT",
        [ImagingModality.Microscopy.Value] = "Microscopy",
        [QuestionType.AnatomyIdentification.Value] = "Anatomy",
        [QuestionType.DiseaseDiagnosis.Value] = "Disease",
        [QuestionType.LesionGrading.Value] = "Lesion grading",
        [QuestionType.ModalityRecognition.Value] = "Modality",
        [QuestionType.OtherBiologicalAttributes.Value] = "Other attributes",
    };

    /// <summary>The short name of a modality or question type of OmniMedVQA; any other name unchanged.</summary>
    /// <param name="domain">The domain's name in the data set.</param>
    public static string Short(string domain)
    {
        ArgumentNullException.ThrowIfNull(domain);
        return s_short.GetValueOrDefault(domain, domain);
    }
}
