namespace MedR1.Modeling;

/// <summary>A token that is found in the text as a whole, before anything is split or merged.</summary>
/// <param name="Content">Its text.</param>
/// <param name="Id">Its id.</param>
/// <param name="IsSpecial">Whether it is a control token: left out by decoding on request, never said by user
/// text.</param>
/// <param name="IsNormalized">Whether it is looked for behind the normalisation instead of before it.</param>
internal sealed record AddedToken(string Content, int Id, bool IsSpecial, bool IsNormalized);
