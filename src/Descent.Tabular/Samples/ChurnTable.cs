using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>A made-up table to try things on: customers of a telephone company, and which of them left.</summary>
/// <remarks>
/// What makes a customer leave is known here: a contract by the month, a price that is high for what is used, calls for help
/// beyond two, days of silence, and a question about satisfaction that was not answered. Nobody could tell more than the
/// coin that is thrown at the end, so no model gets far above a ROC area of 0.9.
/// </remarks>
public static class ChurnTable
{
    /// <summary>The column that is to be predicted.</summary>
    public const string Target = "churned";

    static readonly string[] s_regions = ["North", "South", "East", "West", "Coast", "Islands"], s_payments = ["card", "bank transfer", "invoice", "wallet"];
    static readonly string[] s_lines = ["Fibre", "Mobile", "Cable"], s_speeds = ["50", "250", "1000"], s_extras = ["", "Family", "Student", "+ TV", "Senior"];

    static readonly DateTime s_today = new(2025, 6, 30);

    /// <summary>Customers with an identifier, dates, categories, names of plans, numbers, and gaps; the same seed gives the same table.</summary>
    /// <param name="rows">How many.</param>
    /// <param name="seed">Decides who they are.</param>
    public static Frame Create(int rows = 3000, ulong seed = 1)
    {
        Check.AtLeast(1, rows);
        // A customer is a stream of the seed, so that more of them do not change the first.
        var customers = Enumerable.Range(0, rows).Select(i => Customer.Draw(new Generator(seed, (ulong)i), i)).ToArray();
        return new FrameFields<Customer>()
            .Text("customer", c => c.Id)
            .Date("signed_up", c => c.SignedUp)
            .Date("last_login", c => c.LastLogin)
            .Float("age", c => c.Age)
            .Category("region", c => c.Region)
            .Category("plan", c => c.Plan)
            .Category("contract", c => c.Contract)
            .Category("payment", c => c.Payment)
            .Float("monthly_charge", c => c.Charge)
            .Float("gigabytes", c => c.Gigabytes)
            .Integer("support_calls", c => c.Calls)
            .Boolean("newsletter", c => c.Newsletter)
            .Integer("satisfaction", c => c.Satisfaction)
            .Category("currency", _ => "EUR")
            .Boolean(Target, c => c.Churned)
            .Read(customers);
    }

    sealed record Customer(string Id, DateTime SignedUp, DateTime? LastLogin, double? Age, string Region, string Plan, string Contract, string? Payment,
        double? Charge, double Gigabytes, int Calls, bool Newsletter, int? Satisfaction, bool Churned)
    {
        internal static Customer Draw(Generator g, int number)
        {
            double days = 30 + 2400 * Math.Pow(g.NextDouble(), 1.6), silence = Math.Min(days, -12 * Math.Log(1 - g.NextDouble()));
            double age = Math.Clamp(Math.Round(44 + 15 * g.NextNormal()), 18, 95);
            string region = Pick(g, s_regions), line = Pick(g, s_lines), extra = age < 27 && g.NextDouble() < 0.4 ? "Student" : Pick(g, s_extras);
            int speed = (int)g.NextInt64(0, s_speeds.Length);
            string plan = $"{line} {s_speeds[speed]} {extra}".TrimEnd();
            string contract = g.NextDouble() switch { < 0.5 => "monthly", < 0.8 => "one year", _ => "two years" };
            string payment = Pick(g, s_payments);
            double charge = Math.Max(4.99, 16 + 13 * speed + (line == "Fibre" ? 6 : 0) + (extra == "+ TV" ? 11 : extra == "Student" ? -7 : 0) + (region == "Islands" ? 8 : 0) + 4 * g.NextNormal());
            double gigabytes = Math.Round(Math.Exp(2.6 + 0.7 * speed - 0.012 * (age - 44) + 0.6 * g.NextNormal()), 1);
            double trouble = 0.6 + (region is "Islands" or "Coast" && line == "Cable" ? 1.6 : 0) + (days < 200 ? 0.7 : 0);
            int calls = Poisson(g, trouble);
            bool newsletter = g.NextDouble() < 0.4;
            int mood = (int)Math.Clamp(Math.Round(4.1 - 0.5 * calls - 0.02 * (charge - 35) + 0.9 * g.NextNormal()), 1, 5);
            bool answered = g.NextDouble() < 0.45 + 0.09 * mood;

            double score = -1.75
                + (contract == "monthly" ? 1.5 : contract == "two years" ? -1.2 : 0)
                + 1.1 * Math.Tanh((charge - 34 - 0.15 * gigabytes) / 12)
                + (calls > 2 ? 1.6 : 0.15 * calls)
                + 0.045 * Math.Min(silence, 45)
                - 0.8 * Math.Min(days, 1500) / 1000
                + (answered ? 0.5 * (3 - mood) : 0.8)
                + (extra == "Student" ? 0.7 : extra == "Family" ? -0.6 : 0)
                + (payment == "invoice" ? 0.5 : 0)
                - (newsletter ? 0.3 : 0);
            bool churned = g.NextDouble() < 1 / (1 + Math.Exp(-1.25 * score));
            return new($"C{number + 100_001}", s_today.AddDays(-Math.Round(days)), g.NextDouble() < 0.04 ? null : s_today.AddDays(-Math.Round(silence)),
                g.NextDouble() < 0.06 ? null : age, region, plan, contract, g.NextDouble() < 0.03 ? null : payment,
                g.NextDouble() < 0.02 ? null : Math.Round(charge, 2), gigabytes, calls, newsletter, answered ? mood : null, churned);
        }
    }

    static string Pick(Generator g, string[] among) => among[g.NextInt64(0, among.Length)];

    static int Poisson(Generator g, double mean)
    {
        int count = 0;
        for (double left = g.NextDouble(), bound = Math.Exp(-mean); left > bound; left *= g.NextDouble()) count++;
        return count;
    }
}
