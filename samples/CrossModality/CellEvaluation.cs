using MedR1.Evaluation;
using MedR1.Modeling;

namespace MedR1.Samples.CrossModality;

/// <summary>Asks a model the questions of a cell.</summary>
internal delegate Task<EvaluationReport> CellEvaluation(
    IVisionLanguagePolicy policy, IVqaDataset test, EvaluationOptions options);
