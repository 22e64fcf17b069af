namespace MedR1.Rewards;

/// <summary>The forms of an answer that <see cref="FormatReward"/> can require.</summary>
public enum FormatStyle
{
    /// <summary>
    /// Med-R1's think form: <c>&lt;think&gt;…&lt;/think&gt;</c>, white space, <c>&lt;answer&gt;…&lt;/answer&gt;</c>, with nothing
    /// around them.
    /// </summary>
    Think,

    /// <summary>Med-R1's no-think form: white space, then <c>&lt;answer&gt;…&lt;/answer&gt;</c>, with nothing after it.</summary>
    NoThink,

    /// <summary>
    /// Answer first: <c>&lt;answer&gt;…&lt;/answer&gt;</c>, white space, <c>&lt;think&gt;…&lt;/think&gt;</c>, with nothing around
    /// them. The paper mentions this variant, but its released code does not include it; this form is the natural counterpart of
    /// <see cref="Think"/>.
    /// </summary>
    ThinkAfter,
}
