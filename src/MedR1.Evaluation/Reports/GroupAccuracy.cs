namespace MedR1.Evaluation;

/// <summary>The accuracy on some of the questions.</summary>
/// <param name="Group">What they have in common: a modality, a question type, a family.</param>
/// <param name="Accuracy">How many are right.</param>
/// <param name="Chance">What guessing among the options gives, 0 to 1.</param>
public sealed record GroupAccuracy(string Group, Accuracy Accuracy, double Chance);
